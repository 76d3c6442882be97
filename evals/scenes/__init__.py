"""Scenes to take pictures of, played in the order of SCENES in one workspace: what owners see shows what was done before."""

from evals.scenes import answers, asking, administration  # noqa: I001, F401 - their order is that of the scenes
from evals.scenes.scene import SCENES as SCENES, Scene as Scene
