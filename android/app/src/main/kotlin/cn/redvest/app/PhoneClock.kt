package cn.redvest.app

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import cn.redvest.core.BootClock

/** The clock that counts on while the phone sleeps and that nobody can turn. */
class PhoneClock(private val context: Context) : BootClock {
    override fun elapsedMs(): ULong = SystemClock.elapsedRealtime().toULong()

    override fun boot(): ULong =
        Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, 0).toULong()
}
