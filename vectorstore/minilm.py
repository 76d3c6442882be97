"""all-MiniLM-L6-v2 as one ONNX graph of fused operators, built from the packaged weights.

The package's own graph keeps int8 weights but computes in float32 with unfused attention. Here the weights are read out of
it, laid into onnxruntime's fused BERT operators (`Attention`, `SkipLayerNormalization`, `BiasGelu`) and quantised dynamically
by onnxruntime's own tool: two to three times the speed at a cosine of .993 to float32 (figures in docs/design.md).
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

DIMENSION = 384
_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_BUILD = "2"
"""Part of the cached file's name: a change of this file that changes the graph takes the next number."""


class MiniLM:
    def __init__(self, weights: Path, cache: Path) -> None:
        """`weights`: the verified ONNX file of the package; `cache`: a folder for the graph built from it."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        # Waiting threads sleep: spinning takes the cores from everything else that answers meanwhile.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(_built(weights, cache), options, ["CPUExecutionProvider"])

    def encode(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Token ids and mask of shape (n, tokens) to vectors of length 1, shape (n, DIMENSION): mean pooling, then L2."""
        tokens = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        weights = mask[..., None].astype(np.float32)
        pooled = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
        vectors: NDArray[np.float32] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return vectors


def _built(weights: Path, cache: Path) -> str:
    """The path of the fused graph: from the cache when its own checksum holds, else built and put there."""
    cache.mkdir(parents=True, exist_ok=True)
    source = hashlib.sha256(weights.read_bytes()).hexdigest()
    path = cache / f"minilm-{source[:12]}-{_BUILD}.onnx"
    checksum = path.with_suffix(".sha256")
    expected = checksum.read_text().strip() if path.is_file() and checksum.is_file() else None
    if expected and hashlib.sha256(path.read_bytes()).hexdigest() == expected:
        return str(path)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        built = Path(folder) / "model.onnx"
        _build(weights, built)
        checksum.write_text(hashlib.sha256(built.read_bytes()).hexdigest())
        built.replace(path)
    return str(path)


def _build(weights: Path, target: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    fused = target.with_name("fused.onnx")
    onnx.save(_fused(_read_weights(weights)), fused)
    quantize_dynamic(
        fused,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Attention", "Gather"],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Every weight by its PyTorch name, in float32; a matrix is named after the bias that is added behind it."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path).graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    quantised: dict[str, Any] = {}
    multiplied: dict[str, str] = {}
    for node in graph.node:
        first, output = node.input[0], node.output[0]
        if node.op_type == "Cast" and first in stored:
            quantised[output] = stored[first].astype(np.float32)
        elif node.op_type == "Mul" and first in quantised:
            stored[output] = quantised[first] * stored[node.input[1]]
        elif node.op_type == "MatMul":
            multiplied[output] = node.input[1]
        elif node.op_type == "Add" and first in multiplied and node.input[1].endswith(".bias"):
            stored[node.input[1].removesuffix("bias") + "weight"] = stored[multiplied[first]]
    return {name.removeprefix("inner."): weight for name, weight in stored.items()}


def _fused(weights: dict[str, NDArray[np.float32]]) -> Any:
    """The BERT encoder (https://arxiv.org/abs/1810.04805) with token type 0, as an ONNX model."""
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, value: NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(name: str) -> str:
        return constant(name, weights[name].astype(np.float32))

    def add(operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        contrib = operator in ("Attention", "SkipLayerNormalization", "BiasGelu")
        domain = "com.microsoft" if contrib else ""
        nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    embeddings = "embeddings."
    positions = (
        weights[embeddings + "position_embeddings.weight"] + weights[embeddings + "token_type_embeddings.weight"][0]
    )
    add("Gather", [weight(embeddings + "word_embeddings.weight"), "input_ids"], "words")
    length = add("Shape", ["input_ids"], "length", start=1, end=2)
    table = constant("positions", positions.astype(np.float32))
    add("Slice", [table, constant("first", np.array([0])), length, constant("axis", np.array([0]))], "placed")
    add("Add", ["words", "placed"], "summed")
    norm = [weight(f"{embeddings}LayerNorm.{kind}") for kind in ("weight", "bias")]
    hidden = add("LayerNormalization", ["summed", *norm], "embedded", epsilon=_EPSILON)
    mask = add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)

    for number in range(_LAYERS):
        layer = f"encoder.layer.{number}."

        def close(block: str, inputs: str, residual: str, layer: str = layer) -> str:
            """A block's last matrix product, its bias, the residual connection and the normalisation."""
            product = add("MatMul", [inputs, weight(f"{layer}{block}.dense.weight")], f"{layer}{block}.product")
            norm = [weight(f"{layer}{block}.LayerNorm.{kind}") for kind in ("weight", "bias")]
            bias = weight(f"{layer}{block}.dense.bias")
            return add("SkipLayerNormalization", [product, residual, *norm, bias], f"{layer}{block}", epsilon=_EPSILON)

        parts = [f"{layer}attention.self.{part}." for part in ("query", "key", "value")]
        matrix = constant(layer + "qkv", np.concatenate([weights[part + "weight"] for part in parts], axis=1))
        bias = constant(layer + "qkv.bias", np.concatenate([weights[part + "bias"] for part in parts]))
        attended = add("Attention", [hidden, matrix, bias, mask], layer + "attended", num_heads=_HEADS)
        hidden = close("attention.output", attended, hidden)
        inner = add("MatMul", [hidden, weight(layer + "intermediate.dense.weight")], layer + "inner")
        active = add("BiasGelu", [inner, weight(layer + "intermediate.dense.bias")], layer + "active")
        hidden = close("output", active, hidden)

    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info(hidden, TensorProto.FLOAT, ["n", "t", DIMENSION])
    graph = helper.make_graph(nodes, "all-MiniLM-L6-v2", inputs, [output], constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    # Shapes are known and operators fused already: tell the quantiser that its advice to do so is followed.
    model.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
    return model
