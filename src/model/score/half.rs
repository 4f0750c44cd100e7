//! Floats of 16 bits, as IEEE has them and as the upper half of one of 32: engines of ours reckon with 32.

use super::tensor::{Data, Element, Tensor};

/// Returns the number that the bits mean.
pub fn to_f32(bits: u16) -> f32 {
    let (sign, exponent) = (u32::from(bits & 0x8000) << 16, bits >> 10 & 31);
    let fraction = u32::from(bits & 0x3ff);
    let size = match exponent {
        0 => fraction as f32 * f32::from_bits(0x3380_0000), // 2^-24
        31 => f32::from_bits(0x7f80_0000 | fraction << 13),
        _ => f32::from_bits((u32::from(exponent) + 112) << 23 | fraction << 13),
    };
    f32::from_bits(size.to_bits() | sign)
}

/// Returns the bits of the nearest number, of two that are as near the even one.
pub fn from_f32(value: f32) -> u16 {
    let (sign, size) = ((value.to_bits() >> 16 & 0x8000) as u16, value.abs());
    if size.is_nan() {
        return sign | 0x7e00;
    }
    // Below 2^-14 the step is 2^-24, as that of 32 bits is from one half on.
    if size < f32::from_bits(0x3880_0000) {
        return sign | ((size + 0.5).to_bits() - 0.5_f32.to_bits()) as u16;
    }
    let bits = size.to_bits();
    let rounded = (bits + 0xfff + (bits >> 13 & 1) - (112 << 23)) >> 13;
    sign | rounded.min(0x7c00) as u16
}

fn upper_to_f32(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

fn upper_from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    match value.is_nan() {
        true => (bits >> 16) as u16 | 0x40,
        false => ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16,
    }
}

impl Data {
    /// Returns floats of 16 bits as such of 32, and all else as it is.
    pub fn widened(self) -> Self {
        match self {
            Self::F16(all) => Self::F32(all.into_iter().map(to_f32).collect()),
            Self::Bf16(all) => Self::F32(all.into_iter().map(upper_to_f32).collect()),
            other => other,
        }
    }

    /// Returns floats of 32 bits as `to`, where that has 16, and all else as it is.
    pub fn narrowed(self, to: Element) -> Self {
        match (self, to) {
            (Self::F32(all), Element::F16) => Self::F16(all.into_iter().map(from_f32).collect()),
            (Self::F32(all), Element::Bf16) => {
                Self::Bf16(all.into_iter().map(upper_from_f32).collect())
            }
            (other, _) => other,
        }
    }
}

impl Tensor {
    /// As [`Data::widened`].
    pub fn widened(self) -> Self {
        self.map(Data::widened)
    }

    /// As [`Data::narrowed`].
    pub fn narrowed(self, to: Element) -> Self {
        self.map(|data| data.narrowed(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_float_of_16_bits_goes_to_32_and_back() {
        for bits in 0..=u16::MAX {
            let wide = to_f32(bits);
            let is_nan = bits & 0x7fff > 0x7c00;
            assert_eq!(wide.is_nan(), is_nan, "{bits:x}");
            assert!(is_nan || from_f32(wide) == bits, "{bits:x}: {wide}");
            let upper = upper_to_f32(bits);
            assert!(upper.is_nan() || upper_from_f32(upper) == bits, "{bits:x}");
        }
        for (wide, bits) in [
            (1.0, 0x3c00),
            (-2.0, 0xc000),
            (65504.0, 0x7bff),
            (65519.0, 0x7bff),
            (65520.0, 0x7c00),
            (f32::MAX, 0x7c00),
            (5.960_464_5e-8, 1),
            (2.980_232_2e-8, 0),
            (2.980_232_6e-8, 1),
            (1.000_488_3, 0x3c00),
            (1.001_464_8, 0x3c02),
        ] {
            assert_eq!(from_f32(wide), bits, "{wide}");
        }
    }
}
