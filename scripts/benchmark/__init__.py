"""What scripts/bench is made of: the machine's accounts, the emulator's journal, the gateways, the scenarios, the table."""
