UPDATE skynet.checkpoints SET fault = $4, at = now() WHERE projection = $1 AND generation = $2 AND epoch = $3
