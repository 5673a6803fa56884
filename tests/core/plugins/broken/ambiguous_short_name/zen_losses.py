def AcmeLoss(y_true, y_pred):
    return y_true - y_pred
