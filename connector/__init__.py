"""heatsync: keeps the heat of every lead in sync across marketing platforms."""
