package cn.redvest.sdk

import cn.redvest.core.InternalException
import cn.redvest.core.RedVestException
import cn.redvest.core.netFailure
import java.util.Locale
import java.util.concurrent.CancellationException

/**
 * Why something did not happen; nothing was changed by it. The class says what an app does about it, [code] is for
 * programs and logs, and [message] is the sentence for the user.
 *
 * @property code the stable code, in snake_case.
 * @property zh what is wrong and what to do, in Chinese.
 * @property en the same in English.
 * @property retry whether the same call may succeed later without anybody doing anything.
 */
public sealed class RedVestFailure(
    public val code: String,
    public val zh: String,
    public val en: String,
    public val retry: Boolean,
    cause: Throwable,
) : Exception("$code: $en", cause) {
    /** The law refuses what the user wants to do: show the sentence. */
    public class Law internal constructor(e: RedVestException.Law) : RedVestFailure(e.code, e.zh, e.en, e.retry, e)

    /** What was asked for is not on this device: go back to the list. */
    public class Missing internal constructor(e: RedVestException.Missing) :
        RedVestFailure(e.code, e.zh, e.en, e.retry, e)

    /** A text or a file from outside is not what it should be. */
    public class Input internal constructor(e: RedVestException.Input) : RedVestFailure(e.code, e.zh, e.en, e.retry, e)

    /** The device is not enrolled, or not as whom it was: show the enrolment. */
    public class Enrolment internal constructor(e: RedVestException.Enrolment) :
        RedVestFailure(e.code, e.zh, e.en, e.retry, e)

    /** The hub said no, answered nonsense, or cannot be reached. */
    public class Hub internal constructor(e: RedVestException.Hub, cause: Throwable = e) :
        RedVestFailure(e.code, e.zh, e.en, e.retry, cause)

    /** The disk is full, read-only or failing, or another program has the data. */
    public class Storage internal constructor(e: RedVestException.Storage) :
        RedVestFailure(e.code, e.zh, e.en, e.retry, e)

    /** What is on the disk cannot be read: keep the app, tell the office. */
    public class Damaged internal constructor(e: RedVestException.Damaged) :
        RedVestFailure(e.code, e.zh, e.en, e.retry, e)

    /** The device is paused or closed, or the sync is over. */
    public class Closed internal constructor(code: String, zh: String, en: String, retry: Boolean, cause: Throwable) :
        RedVestFailure(code, zh, en, retry, cause)

    /** A fault of the program itself; the store is still usable. */
    public class Internal internal constructor(code: String, zh: String, en: String, retry: Boolean, cause: Throwable) :
        RedVestFailure(code, zh, en, retry, cause)

    /** The sentence for the user: in Chinese for a Chinese [locale], else in English. */
    public fun message(locale: Locale = Locale.getDefault()): String = if (locale.language == "zh") zh else en
}

/** What an app gets to see of an error of the core's or of the network's; any other error stays as it is. */
internal fun seen(error: Exception): Exception = when (error) {
    is RedVestException.Law -> RedVestFailure.Law(error)
    is RedVestException.Missing -> RedVestFailure.Missing(error)
    is RedVestException.Input -> RedVestFailure.Input(error)
    is RedVestException.Enrolment -> RedVestFailure.Enrolment(error)
    is RedVestException.Hub -> RedVestFailure.Hub(error)
    is RedVestException.Storage -> RedVestFailure.Storage(error)
    is RedVestException.Damaged -> RedVestFailure.Damaged(error)
    is RedVestException.Closed -> RedVestFailure.Closed(error.code, error.zh, error.en, error.retry, error)
    is RedVestException.Internal -> RedVestFailure.Internal(error.code, error.zh, error.en, error.retry, error)
    is NoReply -> RedVestFailure.Hub(netFailure(error.failure) as RedVestException.Hub, error)
    is InternalException -> internal(error)
    is CancellationException -> error
    // What the generated code says of an object that was given back.
    is IllegalStateException -> if (error.message.orEmpty().contains("destroyed")) closed(error) else error
    else -> error
}

/** Runs something of the core's and turns its errors into [RedVestFailure]s. */
internal inline fun <T> seeing(block: () -> T): T = try {
    block()
} catch (error: Exception) {
    throw seen(error)
}

private fun internal(cause: Throwable): RedVestFailure {
    val zh = "程序内部出错，数据未受影响；请重试，若仍如此请联系创文办。"
    val en = "Something inside the program failed; the data is safe. Try again, and tell the office if it stays so."
    return RedVestFailure.Internal("internal", zh, en, retry = true, cause)
}

private fun closed(cause: Throwable): RedVestFailure {
    val (zh, en) = "数据已关闭，请重新打开应用。" to "The data was closed; open the app again."
    return RedVestFailure.Closed("closed", zh, en, retry = false, cause)
}
