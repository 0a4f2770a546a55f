"""What outlives a call: journal, work orders, logins, demo accounts."""
