"""What jobs have to do with other systems: webhooks, copies in S3, requests and records of a customer."""
