"""The demonstration province, made anew relative to today."""

from outreach.services.demo.build import Demo, DemoFact, build_demo, what_is_real

__all__ = ["Demo", "DemoFact", "build_demo", "what_is_real"]
