/**
 * The quantile of Student's t with `degrees` of freedom: what it stays below with probability `share` (> 0.5).
 * By bisection on the closed forms for whole degrees (Abramowitz and Stegun, Handbook of Mathematical Functions,
 * 1964, 26.7.3 and 26.7.4); good to seven digits.
 */
export function studentQuantile(share: number, degrees: number): number {
  let [low, high] = [0, 1e6]
  const central = 2 * share - 1
  while (high - low > 1e-8 * Math.max(1, low)) {
    const middle = (low + high) / 2
    if (studentCentral(middle, degrees) < central) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The probability that |t| stays below `t`. */
function studentCentral(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const odd = degrees % 2 === 1
  let term = odd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let factor = odd ? 2 : 1; factor <= degrees - 3; factor += 2) {
    term *= (factor / (factor + 1)) * cosine * cosine
    sum += term
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}

/** The probability that a standard normal stays below `z` (Abramowitz and Stegun 7.1.26: ± 1.5e-7). */
export function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const tail = (polynomial * Math.exp(-x * x)) / 2
  return z < 0 ? tail : 1 - tail
}
