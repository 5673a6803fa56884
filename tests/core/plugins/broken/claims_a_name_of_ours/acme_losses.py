def Hinge(y_true, y_pred):
    return y_true - y_pred
