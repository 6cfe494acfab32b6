"""事项目录: what is promised, the form as a phone shows it, and publishing after the changes were seen."""
