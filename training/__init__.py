"""How the recogniser, the calibration and the sample pages are made. Nothing here runs at a station."""
