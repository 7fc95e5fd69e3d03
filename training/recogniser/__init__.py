"""Making the line recogniser again: lines with their texts, training, export, 8 bits, judging.

``text`` makes up what is written, ``line`` draws it alone on a strip of paper and ``crops`` cuts it out of
drawn register pages with the pipeline's own knife; ``sets`` keeps such lines in a folder and ``batches``
feeds them to ``train``. ``export`` writes the trained state as the network that the pipeline loads,
``quantise`` brings it to 8 bits and ``evaluate`` says what it reads. Only ``model``, ``train`` and ``export``
need PyTorch and only ``export`` and ``quantise`` need ONNX (the extra ``recogniser``); nothing else of hotich
needs either.
"""
