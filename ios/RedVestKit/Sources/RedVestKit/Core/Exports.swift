// Whoever uses the kit uses the core's plain data with it, so one import is enough.
@_exported import RedVestCore
