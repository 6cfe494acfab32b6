"""The liaison cadre's periodic replies (定期回复服务情况), as obligations that are met or missed."""
