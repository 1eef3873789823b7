"""What people decided and time taught; it outlives every rebuild."""
