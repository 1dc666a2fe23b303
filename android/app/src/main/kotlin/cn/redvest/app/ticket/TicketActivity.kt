package cn.redvest.app.ticket

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.widget.Toast
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.banner
import cn.redvest.core.Act
import cn.redvest.core.PhotoRow
import cn.redvest.core.TicketDetail
import cn.redvest.sdk.RedVestFailure
import java.util.Locale
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

/** A ticket's own screen. */
class TicketActivity : Page(), TicketActs {
    private lateinit var frame: Frame
    private lateinit var id: String
    private var shown: TicketDetail? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        id = requireNotNull(intent.getStringExtra(TICKET)) { "whoever opens this screen names the ticket" }
        frame = Frame(ui, ui.say(R.string.ticket), ::finish)
        setContentView(frame)
    }

    override suspend fun follow() {
        watchWithTime { ticket(id) }.collectLatest { (detail, now) ->
            shown = detail
            frame.body(ui.ticketBody(TicketState(detail, now), this))
            frame.foot(ui.ticketFoot(detail, this))
        }
    }

    override fun act(act: Act) {
        // Accepting asks for nothing: one touch.
        if (act == Act.ACCEPT) return accept()
        startActivity(ActActivity.intent(this, id, act))
    }

    private fun accept() = act { core ->
        val ticket = shown ?: return@act
        core.ask { doIt(ticket, ActForm(Act.ACCEPT), "", null, app.now()) }
        app.scope.launch { app.look() }
    }

    /** Chinese map apps count in GCJ-02; the core says where the pin lies there, and nothing outside of China. */
    override fun goThere() = act { core ->
        val pin = shown?.row?.pin ?: return@act
        val place = core.ask { place(pin, null, null, 1u) }
        val lat = place.shownLat ?: (pin.latE7 / 1e7)
        val lon = place.shownLon ?: (pin.lonE7 / 1e7)
        val at = String.format(Locale.ROOT, "%.6f,%.6f", lat, lon)
        try {
            startActivity(Intent(Intent.ACTION_VIEW, Uri.parse("geo:$at?q=$at")))
        } catch (_: ActivityNotFoundException) {
            Toast.makeText(this, R.string.no_map_app, Toast.LENGTH_LONG).show()
        }
    }

    override fun photo(photo: PhotoRow) {
        val path = photo.reviewPath ?: photo.originalPath ?: photo.thumbnailPath ?: return
        startActivity(Intent(this, PhotoActivity::class.java).putExtra(PhotoActivity.PATH, path))
    }

    override fun failed(failure: RedVestFailure) {
        val words = ui.pick(failure.zh, failure.en)
        if (shown == null || failure is RedVestFailure.Missing) {
            frame.body(ui.banner(Tone.Bad, R.drawable.ic_warning, words))
            frame.foot(null)
        } else {
            Toast.makeText(this, words, Toast.LENGTH_LONG).show()
        }
    }

    companion object {
        /** Which ticket, as an extra. */
        const val TICKET: String = "ticket"

        /** Opens a ticket. */
        fun intent(context: Context, ticket: String): Intent =
            Intent(context, TicketActivity::class.java).putExtra(TICKET, ticket)
    }
}
