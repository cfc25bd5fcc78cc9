"""One record: everything that a person did here on one page, as one document, and shared by a link that ends."""
