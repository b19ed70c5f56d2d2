"""The keeper: proposes clearings and does whatever else is due. It needs no privilege; anybody may run one."""
