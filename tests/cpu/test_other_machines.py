"""Kernels for machines that are not here: they compile, and use the vector instructions that those have."""

import llvmlite.binding as llvm
import pytest
from hornbeam_cpu.kernels import convolution, depthwise, gemm
from hornbeam_cpu.llvm.target import restricted

ARM = "aarch64-unknown-linux-gnu"
KERNELS = {
    "product": lambda target: gemm.generate(target, gemm.Product("float32", "k", False)),
    "transposed product": lambda target: gemm.generate(target, gemm.Product("float64", "", True)),
    "convolution": lambda target: convolution.forward(target, convolution.Forward("float32", (7, 6), True)),
    "kernel gradient": lambda target: convolution.gradient(
        target, convolution.Gradient("float32", True, (14, 4), False)
    ),
    "depthwise": lambda target: depthwise.forward(target, depthwise.Depthwise("float32", True, 9)),
    "depthwise gradient": lambda target: depthwise.gradient(target, depthwise.Depthwise("float64", False, 9)),
}


@pytest.mark.parametrize("name", KERNELS)
def test_arm_multiplies_and_adds_vectors_in_one_instruction(name):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = restricted("neon", ARM)
    module = llvm.parse_assembly(str(KERNELS[name](target)))
    module.verify()
    lines = target.machine().emit_assembly(module).splitlines()
    assert any("fmla" in line and ("4s" in line or "2d" in line) for line in lines)
    assert not any(line.split()[:1] == ["bl"] and "fma" in line for line in lines), "fma became a call"
