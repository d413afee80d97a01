// Swagger UI over our own specification; nothing is fetched from elsewhere.
window.ui = SwaggerUIBundle({ url: "/api/docs/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
