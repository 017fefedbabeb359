"""Where a trainer computes and in which precision: chosen by what is there, or as the study says."""

from __future__ import annotations

import torch

from surrogate.errors import StudyError

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bfloat16")


def find_device(name: str, rank: int = 0) -> torch.device:
    """The device of a trainer rank.

    Args:
        name: `cpu`, `cuda`, or `auto` for a GPU if there is one.
        rank: of the trainer; several share the GPUs of a machine in turn.

    Raises:
        StudyError: there is no such device here.
    """
    if name not in DEVICES:
        raise StudyError(f"There is no device {name!r}; the names are {', '.join(DEVICES)}.")
    if name == "cpu" or (name == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        build = torch.version.cuda or "no CUDA at all"
        raise StudyError(
            f"The device is 'cuda', but torch {torch.__version__} (built for {build}) finds no GPU; "
            "set device to 'cpu', or install a build of torch that fits the driver."
        )
    return torch.device("cuda", rank % torch.cuda.device_count())


def find_precision(name: str, device: torch.device) -> torch.dtype | None:
    """What the products of matrices are computed in, for `torch.autocast`; `None` for float32 throughout.

    bfloat16 has the range of float32, so that losses need no scaling (Kalamkar et al., arXiv 1905.12322).

    Args:
        name: `float32`, `bfloat16`, or `auto` for bfloat16 on a GPU that computes in it.
        device: where.

    Raises:
        StudyError: there is no such precision, or the GPU lacks it.
    """
    if name not in PRECISIONS:
        raise StudyError(f"There is no precision {name!r}; the names are {', '.join(PRECISIONS)}.")
    # emulation would be slower than float32
    able = device.type == "cpu" or torch.cuda.is_bf16_supported(including_emulation=False)
    if name == "bfloat16" and not able:
        raise StudyError("The precision is 'bfloat16', which this GPU does not compute in; set it to 'float32'.")
    return torch.bfloat16 if name == "bfloat16" or (name == "auto" and able and device.type == "cuda") else None
