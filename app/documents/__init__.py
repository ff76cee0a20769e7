"""What people read: the transcript, the minutes, and pure functions that render them."""
