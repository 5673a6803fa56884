"""hb.ops.image: operations on images, under Keras's names."""

from hornbeam.ops.image.colour import hsv_to_rgb as hsv_to_rgb
from hornbeam.ops.image.colour import rgb_to_grayscale as rgb_to_grayscale
from hornbeam.ops.image.colour import rgb_to_hsv as rgb_to_hsv
from hornbeam.ops.image.cutting import crop_images as crop_images
from hornbeam.ops.image.cutting import extract_patches as extract_patches
from hornbeam.ops.image.cutting import extract_patches_3d as extract_patches_3d
from hornbeam.ops.image.cutting import pad_images as pad_images
from hornbeam.ops.image.filters import gaussian_blur as gaussian_blur
from hornbeam.ops.image.filters import sobel_edges as sobel_edges
from hornbeam.ops.image.filters import ssim as ssim
from hornbeam.ops.image.resampling import resize as resize
from hornbeam.ops.image.resampling import scale_and_translate as scale_and_translate
from hornbeam.ops.image.sampling import map_coordinates as map_coordinates
from hornbeam.ops.image.warping import affine_transform as affine_transform
from hornbeam.ops.image.warping import elastic_transform as elastic_transform
from hornbeam.ops.image.warping import perspective_transform as perspective_transform
