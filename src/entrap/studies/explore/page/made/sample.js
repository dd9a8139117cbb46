// Made by entrap of the functions of entrap.model; not to be edited.
const {abs,acos,acosh,asin,asinh,atan,atan2,atanh,cbrt,ceil,cos,cosh,exp,expm1,floor,log,log1p,max,min,sign,sin,sinh,sqrt,tan,tanh} = Math;
/** x to the power of y; of 1 and -1 it is 1 also where y is infinite, and of 1 for any y. */
const pow = (x, y) => (x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : x ** y);
const number = new Float64Array(1), whole = new BigInt64Array(number.buffer);
const bitsOf = (x) => ((number[0] = x), whole[0]), ofBits = (n) => ((whole[0] = n), number[0]);
/** ψ(x) of x > 0: by ψ(x) = ψ(x + 1) - 1/x from 12 on, where Stirling's series ends at rounding. */
function digamma(x) {
  let sum = 0;
  for (; x < 12; x++) sum -= 1 / x;
  const y = 1 / (x * x);
  const series = 1/12 - y*(1/120 - y*(1/252 - y*(1/240 - y*(1/132 - y*(691/32760 - y/12)))));
  return sum + log(x) - 1 / (2 * x) - y * series;
}

const takes = {"sample": ["material.critical_temperature", "material.conduction_density", "material.gap", "mixture.valence_ratio", "mixture.volume_ratio", "mixture.condensate_weight", "trap.rate", "trap.remaining_fraction", "landau.a", "landau.saturation", "protocol.start", "protocol.warm_to", "protocol.warming_time", "protocol.hold"]}, gives = {};
function sample(x) {
const v1=(x[1]*x[3]);
const v2=(cbrt((x[1]*29.608813203268074))*1.0545718176461565e-34);
return [x[8],((x[0]*x[8])/(x[1]*x[9])),x[0],x[1],v1,log1p((x[4]*(v1/x[1]))),x[2],x[5],((v2*v2)*3.975554627799836e52),NaN,0,NaN];
}
export { takes, gives, sample };
