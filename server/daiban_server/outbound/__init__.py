"""What the server tells people by itself: reminders, warnings, changed visits. One way out, whatever is at its end."""
