"""The one settings class: read from the environment (and `.env`), validated at start."""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from cryptography.fernet import Fernet, MultiFernet
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
# As browsers write one (RFC 6454): small letters, no path, no port that goes without saying.
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


class MessageTemplate(BaseModel):
    """A text that a platform has approved: its id there, and which variable fills each parameter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[\w.-]{1,100}$")
    parameters: dict[str, str] = {}


class Settings(BaseSettings):
    """Configuration of all processes; each field is the variable `MOTCUA_<NAME>`, see `.env.example`.

    Raises:
        pydantic.ValidationError: if a variable is missing or out of its range.
    """

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", env_file=ROOT / ".env", extra="ignore", frozen=True
    )

    # Databases: one each for the domain, the gateway's inbox and the conversations' events.
    database_url: str = f"sqlite:///{ROOT}/var/onestop.db"
    gateway_database_url: str = f"sqlite:///{ROOT}/var/gateway.db"
    tracker_database_url: str = f"sqlite:///{ROOT}/var/tracker.db"

    # Secrets. `make run` writes random ones into `.env` the first time.
    encryption_keys: Annotated[list[SecretStr], NoDecode] = Field(min_length=1)
    internal_token: SecretStr = Field(min_length=32)

    # Addresses. Only host:port of the web process is meant to be reached from outside.
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    onestop_port: int = Field(8081, ge=1, le=65535)
    gateway_port: int = Field(8082, ge=1, le=65535)
    rasa_port: int = Field(5005, ge=1, le=65535)
    actions_port: int = Field(5055, ge=1, le=65535)
    rasa_url: str = ""
    rasa_server_urls: Annotated[list[str], NoDecode] = []
    onestop_url: str = ""
    gateway_url: str = ""

    # How conversations reach the transcripts: RabbitMQ where it has an address, else HTTP.
    amqp_url: SecretStr = SecretStr("")
    amqp_queue: str = "motcua-events"

    # The tenant: a file under data/tenant/.
    tenant: str = "ha-nam"
    agency_identifier: str = Field("H25", pattern=r"^[A-Z]\d{2}(\.\d{1,3})*$")

    # Where dossiers go: this service is the one-stop system, or the province's own over HTTP.
    backend: Literal["embedded", "http"] = "embedded"
    backend_url: str = ""
    backend_username: str = ""
    backend_password: SecretStr = SecretStr("")
    backend_timeout_seconds: float = Field(20.0, gt=0, le=45, description="of one call")

    # Paying online; a provider that is not configured is not offered.
    public_url: str = Field(
        "", pattern=r"^(https?://[^/?#]+)?$", description="as citizens reach us"
    )
    vnpay_tmn_code: str = ""
    vnpay_hash_secret: SecretStr = SecretStr("")
    vnpay_url: str = "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html"
    bank_bin: str = Field("", pattern=r"^(\d{6})?$")
    bank_account: str = Field("", pattern=r"^[0-9A-Za-z]{0,19}$")
    bank_name: str = ""
    payment_fake: bool = False
    # One address's requests of the payment pages, and of providers' notices (IPN).
    pages_per_minute: int = Field(60, ge=1)
    notices_per_minute: int = Field(600, ge=1)
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="proxies of our own before the web process"
    )

    # The page's chat: who else may hold its widget, other clients, and floods.
    widget_origins: Annotated[list[str], NoDecode] = []
    rasa_webchat: bool = Field(True, description="npm's rasa-webchat may talk to us")
    sessions_per_minute: int = Field(60, ge=1, description="begun from one address")

    # Figures for Prometheus; without a token there are none to be had.
    metrics_token: SecretStr = SecretStr("")

    # Files that citizens send.
    upload_directory: Path = ROOT / "var" / "uploads"
    upload_max_bytes: int = Field(10 * 1024 * 1024, ge=1024)
    dossier_max_bytes: int = Field(
        50 * 1024 * 1024, ge=1024, description="of all files of a dossier together"
    )
    # The virus scan by clamd, off without an address; and what is done with files while it is away.
    clamd: str = Field("", pattern=r"^(/.+|[^/]+:\d{1,5})?$", description="host:port or a socket")
    clamd_when_down: Literal["refuse", "mark"] = "refuse"
    # Where their contents lie: the upload directory, or a bucket of an S3-compatible service.
    storage: Literal["directory", "s3"] = "directory"
    s3_url: str = Field("", pattern=r"^(https?://[^/?#]+)?$", description="none: AWS itself")
    s3_region: str = "us-east-1"
    s3_bucket: str = ""
    s3_prefix: str = ""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")

    # Zalo and Messenger (docs/channels.md); a platform without its id is not mounted.
    platform_file_hosts: str = Field("", description="beside those of limits.yml, by commas")
    zalo_app_id: str = Field("", pattern=r"^\d{0,40}$")
    zalo_app_secret: SecretStr = SecretStr("")
    zalo_oa_secret: SecretStr = SecretStr("")
    zalo_refresh_token: SecretStr = SecretStr("")
    zalo_timestamp: Literal["either", "body", "header"] = "either"
    zalo_api_url: str = "https://openapi.zalo.me"
    zalo_oauth_url: str = "https://oauth.zaloapp.com"
    zalo_contact_image: str = Field("", pattern=r"^(https?://\S+)?$")
    zalo_templates: dict[str, MessageTemplate] = {}
    messenger_page_id: str = Field("", pattern=r"^\d{0,40}$")
    messenger_app_secret: SecretStr = SecretStr("")
    messenger_page_token: SecretStr = SecretStr("")
    messenger_verify_token: SecretStr = SecretStr("")
    messenger_api_url: str = "https://graph.facebook.com/v25.0"
    messenger_human_agent: bool = Field(False, description="Meta has permitted the tag HUMAN_AGENT")
    messenger_templates: dict[str, MessageTemplate] = {}

    # E-mail, for notices that a platform does not let through any more; off without a server.
    smtp_host: str = ""
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_starttls: bool = True
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""

    # Staff: how long a session lasts idle and at most; wrong tries of an account and of an address
    # before both wait.
    staff_idle_minutes: int = Field(30, ge=1)
    staff_session_hours: int = Field(12, ge=1)
    staff_login_attempts: int = Field(5, ge=1)
    staff_address_attempts: int = Field(50, ge=1)
    staff_lock_minutes: int = Field(15, ge=1)
    catalogue_stale_days: int = Field(365, ge=1, description="after which a procedure is looked at")
    # Logging in through an OpenID Connect provider; off without its address.
    oidc_issuer: str = Field("", pattern=r"^(https?://[^?#]+)?$")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scope: str = "openid profile"
    oidc_roles_claim: str = "roles"
    # The claim's value to our role (onestop/staff/access.py).
    oidc_roles: dict[str, Literal["reviewer", "agent", "editor", "administrator"]] = {}

    # LibreOffice, for documents as PDF; where it is not installed, only DOCX is offered.
    soffice: str = "soffice"

    # Behaviour.
    cookie_secure: bool = False
    turn_timeout_seconds: float = Field(20.0, gt=0)
    chat_messages_per_minute: int = Field(30, ge=1)
    chat_text_max: int = Field(2000, ge=1, description="characters in a citizen's message")
    lookup_max_attempts: int = Field(5, ge=1)
    lookup_lock_minutes: int = Field(15, ge=1)
    draft_days: int = Field(30, ge=1)
    resume_code_days: int = Field(7, ge=1)
    # A person when needed (docs/handover.md).
    handover: Literal["office_hours", "always", "off"] = "office_hours"
    handover_wait_minutes: float = Field(15, gt=0)
    handover_reply_minutes: float = Field(10, gt=0)
    handover_idle_minutes: float = Field(60, gt=0)
    notice_quiet_from: time = time(21, 0)
    notice_quiet_until: time = time(7, 0)
    remind_supplement_days: Annotated[list[int], NoDecode] = [3, 1]
    remind_draft_days: int = Field(3, ge=0)
    remind_payment_days: int = Field(2, ge=0)
    log_format: Literal["json", "console"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator(
        "encryption_keys",
        "rasa_server_urls",
        "remind_supplement_days",
        "widget_origins",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.split(",") if part] if isinstance(value, str) else value

    @field_validator("encryption_keys")
    @classmethod
    def _check_keys(cls, value: list[SecretStr]) -> list[SecretStr]:
        for key in value:
            Fernet(key.get_secret_value())  # raises ValueError on a key that is not one
        return value

    @field_validator("widget_origins")
    @classmethod
    def _check_origins(cls, value: list[str]) -> list[str]:
        for origin in value:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin, such as https://dichvucong.example.vn")
        return value

    @model_validator(mode="after")
    def _http_backend_has_an_address(self) -> Self:
        if self.backend == "http" and not self.backend_url.startswith(("http://", "https://")):
            raise ValueError("MOTCUA_BACKEND=http needs MOTCUA_BACKEND_URL, an http(s) address")
        return self

    @model_validator(mode="after")
    def _s3_has_a_bucket(self) -> Self:
        if self.storage == "s3" and not self.s3_bucket:
            raise ValueError("MOTCUA_STORAGE=s3 needs MOTCUA_S3_BUCKET")
        return self

    @model_validator(mode="after")
    def _provider_knows_us(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_roles):
            raise ValueError("MOTCUA_OIDC_ISSUER needs MOTCUA_OIDC_CLIENT_ID and MOTCUA_OIDC_ROLES")
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("MOTCUA_SMTP_HOST needs MOTCUA_SMTP_FROM, an e-mail address")
        return self

    @model_validator(mode="after")
    def _platforms_have_their_secrets(self) -> Self:
        for platform, mark in (("zalo", "zalo_app_id"), ("messenger", "messenger_page_id")):
            secrets = {
                name: value
                for name, value in self
                if name.startswith(f"{platform}_") and isinstance(value, SecretStr)
            }
            missing = [f"MOTCUA_{name.upper()}" for name, value in secrets.items() if not value]
            if getattr(self, mark) and missing:
                raise ValueError(f"MOTCUA_{mark.upper()} also needs {', '.join(missing)}")
        return self

    @property
    def rasa(self) -> str:
        """Base address of the Rasa server."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def rasa_servers(self) -> list[str]:
        """Base address of each Rasa server, where several stand behind `rasa`."""
        return self.rasa_server_urls or [self.rasa]

    @property
    def onestop(self) -> str:
        """Base address of the one-stop service."""
        return self.onestop_url or f"http://127.0.0.1:{self.onestop_port}"

    @property
    def gateway(self) -> str:
        """Base address of the gateway's inner interface."""
        return self.gateway_url or f"http://127.0.0.1:{self.gateway_port}"

    @property
    def public(self) -> str:
        """Base address of the public site, as citizens' browsers reach it."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def cipher(self) -> MultiFernet:
        """The cipher for data at rest: the first key encrypts, all keys decrypt."""
        return MultiFernet([Fernet(key.get_secret_value()) for key in self.encryption_keys])


@lru_cache
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
