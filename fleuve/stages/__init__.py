"""Site stages: functions of page records, one file each.

``Stage`` is the base class; ``STAGES`` holds one instance of every stage, in the order
in which the engine runs them. To add a stage, write its file beside these and add it here.
"""

from fleuve.stages.stage import OutputFile, Stage

STAGES: list[Stage] = []
"""Every stage of the site, in running order."""

__all__ = ["STAGES", "OutputFile", "Stage"]
