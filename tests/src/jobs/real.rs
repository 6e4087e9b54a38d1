//! The examples on this machine: real programs in an empty workspace, and the others pretending.
