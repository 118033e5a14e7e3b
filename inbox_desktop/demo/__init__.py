"""A live sample world without accounts: a shop's inbox, and customers who write and answer."""
