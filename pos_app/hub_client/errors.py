"""Why there is no answer, and what a refusal says. A library's exceptions end at this room's door."""

from enum import Enum

from shared.problems import Problem, Refusal


class Unreachable(Enum):
    """Why there is no answer.

    Only `REFUSED` tells that nothing was sent: no connection came about. After the others the hub may have acted.
    """

    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    NO_ANSWER = "no_answer"


class HubUnreachable(Exception):
    """No answer that can be read: never a decision, and never a refusal."""

    def __init__(self, kind: Unreachable, detail: str = "") -> None:
        """`detail` is for the log; no secret is in it."""
        super().__init__(f"{kind.value}: {detail}" if detail else kind.value)
        self.kind = kind


class HubRefused(Exception):
    """The hub answered with a problem document: it works, but not on this request."""

    def __init__(self, problem: Problem, retry_after_s: int | None = None) -> None:
        """`retry_after_s` is the header of a 429 or 503."""
        super().__init__(f"{problem.status} {problem.code.value} {problem.request_id}")
        self.problem = problem
        self.retry_after_s = retry_after_s

    @property
    def refusal(self) -> Refusal:
        """The problem as a value."""
        return Refusal(self.problem.code, self.problem.detail)


class InsecureAddress(ValueError):
    """The hub's address is not https, and not a loopback one."""
