//! What the tray's icon looks like: the program's own, with a spot in its corner that says how things stand.

use tauri::image::Image;

use crate::status::Look;

const PLAIN: Image<'static> = tauri::include_image!("icons/128x128.png");
const RED_GREEN_BLUE_ALPHA: usize = 4;

/// The icon for how things stand.
pub fn of(look: Look) -> Image<'static> {
    let colour = match look {
        Look::Idle => return PLAIN,
        Look::Uploading => [0x2f, 0xbf, 0x71],
        Look::Paused => [0xb4, 0xbe, 0xc2],
        Look::Attention => [0xe8, 0x8a, 0x1a],
    };
    let (width, height) = (PLAIN.width(), PLAIN.height());
    let mut pixels = PLAIN.rgba().to_vec();
    for (at, pixel) in pixels.chunks_exact_mut(RED_GREEN_BLUE_ALPHA).enumerate() {
        let at = u32::try_from(at).unwrap_or(0);
        match ring_of_spot(at % width, at / width, width, height) {
            Some(Ring::Spot) => pixel.copy_from_slice(&[colour[0], colour[1], colour[2], 0xff]),
            // A gap around it sets it off from the icon on any ground.
            Some(Ring::Gap) => pixel.fill(0),
            None => {}
        }
    }
    Image::new_owned(pixels, width, height)
}

enum Ring {
    Spot,
    Gap,
}

/// Where a pixel lies as seen from the spot in the lower right corner, a fifth of the icon in radius.
fn ring_of_spot(x: u32, y: u32, width: u32, height: u32) -> Option<Ring> {
    let radius = i64::from(width.min(height)) / 5;
    let (dx, dy) = (i64::from(x) - (i64::from(width) - radius - 1), i64::from(y) - (i64::from(height) - radius - 1));
    let distance = dx * dx + dy * dy;
    let gap = radius * 5 / 4;
    match distance {
        _ if distance <= radius * radius => Some(Ring::Spot),
        _ if distance <= gap * gap => Some(Ring::Gap),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_has_a_picture_of_its_own_of_the_same_size() {
        let looks = [Look::Idle, Look::Uploading, Look::Paused, Look::Attention].map(of);
        for (at, one) in looks.iter().enumerate() {
            assert_eq!((one.width(), one.height()), (PLAIN.width(), PLAIN.height()));
            assert!(looks[at + 1..].iter().all(|other| other.rgba() != one.rgba()), "look {at} is like another");
        }
    }
}
