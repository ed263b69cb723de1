//! Blocks of earlier days. What is on disk stays as it is: these bytes may never change.
