"""工作日历: which days offices work, and what moves where the district says otherwise."""
