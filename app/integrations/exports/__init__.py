"""Documents of finished recordings go to a folder, a bucket, a WebDAV server or by e-mail, by themselves."""
