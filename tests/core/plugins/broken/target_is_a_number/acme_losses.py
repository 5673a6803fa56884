AcmeLoss = 3
