"""What jobs have to do with other systems: keys, webhooks, copies in S3, a customer's requests."""
