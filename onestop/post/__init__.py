"""Public post (bưu chính công ích): papers fetched at home, results delivered, where a parcel is."""
