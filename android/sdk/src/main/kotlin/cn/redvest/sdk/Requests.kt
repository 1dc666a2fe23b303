package cn.redvest.sdk

import cn.redvest.core.Acting
import cn.redvest.core.By
import cn.redvest.core.CategoryCode
import cn.redvest.core.EventId
import cn.redvest.core.Fix
import cn.redvest.core.GridCode
import cn.redvest.core.Hash
import cn.redvest.core.OnTheSpot
import cn.redvest.core.Position
import cn.redvest.core.ReasonCode
import cn.redvest.core.Report
import cn.redvest.core.SessionOptions
import cn.redvest.core.Source
import cn.redvest.core.TicketId
import kotlin.math.roundToInt

/**
 * In whose name an action is done and with which [words]; without [acting] under the most fitting role that the member
 * holds.
 */
public fun by(words: String? = null, acting: Acting? = null): By = By(acting, words)

/** A position from degrees in WGS-84, to about 1 cm. */
public fun position(latitude: Double, longitude: Double): Position {
    require(latitude in -90.0..90.0 && longitude in -180.0..180.0) { "a position lies within ±90 and ±180 degrees" }
    return Position((latitude * 1e7).roundToInt(), (longitude * 1e7).roundToInt())
}

/**
 * A report of a violation, on patrol unless [source] says otherwise. It needs a [pin] or a [grid]; [photos] are named by
 * the hashes that importing gave them. The other parameters are those of [Report].
 */
public fun report(
    category: CategoryCode,
    pin: Position? = null,
    photos: List<Hash> = emptyList(),
    fix: Fix? = null,
    grid: GridCode? = null,
    place: String? = null,
    source: Source = Source.PATROL,
    recurs: TicketId? = null,
    gateReason: ReasonCode? = null,
    onTheSpot: OnTheSpot? = null,
    draft: EventId? = null,
): Report = Report(category, pin, fix, grid, photos, source, recurs, gateReason, place, onTheSpot, draft)

/** About how many bytes a page of a pull may have: half a mebibyte, a few seconds on a slow network. */
private const val PAGE_BYTES = 524_288u

/**
 * What a sync may do: [originals] says whether original photos are sent now (their copies always are), [reviewCopies]
 * whether copies for judging are fetched ahead, besides thumbnails.
 */
public fun syncOptions(originals: Boolean = true, reviewCopies: Boolean = false): SessionOptions =
    SessionOptions(originals, reviewCopies, failures = 0u, pageBytes = PAGE_BYTES)
