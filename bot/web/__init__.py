"""The browser phone and the service's own pages."""
