package cn.redvest.app

import android.content.Context

/** What the user set on this phone. Kept at once, so that it holds after the app is ended. */
class Settings(context: Context) {
    private val kept = context.getSharedPreferences("settings", Context.MODE_PRIVATE)

    /** Whether originals wait for a network without a price by the byte. */
    var wifiOnly: Boolean
        get() = kept.getBoolean("wifi_only", true)
        set(value) = kept.edit().putBoolean("wifi_only", value).apply()

    /** Whether the user is on a duty shift. */
    var onDuty: Boolean
        get() = kept.getBoolean("on_duty", false)
        set(value) = kept.edit().putBoolean("on_duty", value).apply()
}
