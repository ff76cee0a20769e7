"""Speed: what was measured of a stage, and how long it takes for so much sound by that."""

from dataclasses import dataclass

DECAY = 0.8  # weight of the past at each new measurement: about the last five jobs count


@dataclass(frozen=True, slots=True)
class Speed:
    """Decayed sums over measured jobs: seconds of sound x, seconds of work y."""

    n: float
    x: float
    y: float
    xx: float
    xy: float

    def work_s(self, sound_s: float | None) -> float:
        """Estimate the work by least squares: a fixed part (loading a model) and a part for each second.

        Where the line makes no sense (one measurement, equal lengths, a negative part) work goes with length.
        """
        if sound_s is None:
            return self.y / self.n
        spread = self.n * self.xx - self.x**2
        if spread > 0.01 * self.n * self.xx:
            slope = (self.n * self.xy - self.x * self.y) / spread
            fixed = (self.y - slope * self.x) / self.n
            if slope >= 0 and fixed >= 0:
                return fixed + slope * sound_s
        return self.y / self.x * sound_s if self.x else self.y / self.n
