"""Many machines: tasks on Dask, each the ordinary command on a worker's disk; shards in a store."""
