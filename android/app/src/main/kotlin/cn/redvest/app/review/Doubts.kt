package cn.redvest.app.review

import cn.redvest.app.R
import cn.redvest.app.parts.FAR_M
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.distance
import cn.redvest.core.PhotoRow
import cn.redvest.core.TicketDetail

/** What is doubtful about a ticket, about where its work was done and about these photos of it, a sentence each; the core gives stable codes. */
fun Ui.doubts(detail: TicketDetail, photos: List<Pair<String, PhotoRow>>): List<String> {
    // What the ticket says of photos in general is said of each below.
    val general = detail.marks.filter { it != "photo_doubtful" || photos.all { (_, photo) -> photo.marks.isEmpty() } }
    val work = detail.history.lastOrNull { it.event == detail.rectification }
    val far = listOfNotNull(work?.distanceM?.takeIf { it > FAR_M }?.let { say(R.string.doubt_far_work, distance(it.toInt())) })
    return far + general.map { doubt(it).replaceFirstChar(Char::uppercase) } + photos.flatMap { (name, photo) ->
        (photo.marks + listOfNotNull(photo.verdict?.takeIf { it != "fine" })).map { say(R.string.of_photo, name, doubt(it)) }
    }
}

private fun Ui.doubt(code: String): String = DOUBTS[code]?.let { say(it) } ?: say(R.string.code_is, code)

private val DOUBTS = mapOf(
    "photos_missing" to R.string.doubt_photos_missing,
    "accuracy_gate" to R.string.doubt_accuracy_gate,
    "mock_position" to R.string.doubt_mock_position,
    "time_unsure" to R.string.doubt_time_unsure,
    "photo_doubtful" to R.string.doubt_photo_doubtful,
    "outside_grids" to R.string.doubt_outside_grids,
    "suspension_cut" to R.string.doubt_suspension_cut,
    "undecodable" to R.string.doubt_undecodable,
    "truncated" to R.string.doubt_truncated,
    "too_large" to R.string.doubt_too_large,
    "unsupported_format" to R.string.doubt_unsupported_format,
    "no_time" to R.string.doubt_no_time,
    "time_in_future" to R.string.doubt_time_in_future,
    "bad_exif" to R.string.doubt_bad_exif,
    "old" to R.string.doubt_old,
    "far_from_pin" to R.string.doubt_far_from_pin,
    "reused" to R.string.doubt_reused,
    "unclear" to R.string.doubt_unclear,
    "other_place" to R.string.doubt_other_place,
    "staged" to R.string.doubt_staged,
    "private" to R.string.doubt_private,
)
