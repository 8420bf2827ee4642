"""The service behind `wardwright serve` and `worker`: a store of jobs, workers that do them, and HTTP in front."""
