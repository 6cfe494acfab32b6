"""发出的消息: what residents and the house were told, and what did not reach them."""
