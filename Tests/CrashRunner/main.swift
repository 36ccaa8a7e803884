print("crash-runner")
