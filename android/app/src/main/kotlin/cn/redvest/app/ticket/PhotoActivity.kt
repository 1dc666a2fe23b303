package cn.redvest.app.ticket

import android.app.Activity
import android.os.Bundle
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.ImageView
import cn.redvest.app.R
import cn.redvest.app.parts.decode
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Ui
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** One photo, as large as the screen. */
class PhotoActivity : Activity() {
    private val scope = MainScope()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val ui = Ui(this)
        val frame = Frame(ui, ui.say(R.string.photo), ::finish)
        setContentView(frame)
        val path = requireNotNull(intent.getStringExtra(PATH)) { "whoever opens this screen names the photo" }
        scope.launch {
            val picture = withContext(Dispatchers.IO) { decode(path, LARGE) }
            frame.body(ImageView(this@PhotoActivity).apply {
                adjustViewBounds = true
                contentDescription = ui.say(R.string.photo)
                layoutParams = android.view.ViewGroup.LayoutParams(MATCH_PARENT, MATCH_PARENT)
                setImageBitmap(picture)
            })
        }
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    companion object {
        /** Where the picture lies, as an extra. */
        const val PATH: String = "path"

        /** Pixels of the shorter side that a screen shows at most. */
        private const val LARGE = 1080
    }
}
