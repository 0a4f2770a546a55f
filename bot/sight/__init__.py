"""What operators can see of the running service: logs and metrics, never a secret."""
