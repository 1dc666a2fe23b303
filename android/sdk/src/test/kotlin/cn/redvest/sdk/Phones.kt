package cn.redvest.sdk

import cn.redvest.core.By
import cn.redvest.core.Done
import cn.redvest.core.Fix
import cn.redvest.core.FixSource
import cn.redvest.core.Hash
import cn.redvest.core.fileVault
import cn.redvest.testing.World
import java.awt.image.BufferedImage
import java.io.File
import java.util.Random
import javax.imageio.ImageIO

/** A place in grid WG01 of the district, as a satellite receiver found it. */
val HERE: Fix = Fix(position(31.2325, 121.4725), 800u, FixSource.SATELLITE, 1_200u, false)

/** Opens the phone of this name in the world's folder; keys lie beside its data. */
suspend fun World.open(name: String, http: HubHttp = HubHttp()): RedVest {
    val folder = folder(name).apply { mkdirs() }
    return RedVest.open(File(folder, "data"), fileVault(File(folder, "vault").path), http = http)
}

/** An enrolled phone of a member, which has pulled once. */
suspend fun World.enrolled(tag: String, name: String = tag, http: HubHttp = HubHttp()): RedVest {
    val phone = open(name, http)
    phone.enrol(invite(tag), name)
    check(phone.sync().failure == null)
    return phone
}

/** A JPEG of noise, which nothing compresses: about 1.5 bytes a pixel. */
fun World.picture(name: String, side: Int): File {
    val image = BufferedImage(side, side, BufferedImage.TYPE_INT_RGB)
    val random = Random(name.hashCode().toLong())
    for (y in 0 until side) for (x in 0 until side) image.setRGB(x, y, random.nextInt())
    return folder("$name.jpg").also { check(ImageIO.write(image, "jpg", it)) }
}

/** Reports exposed litter with a photo. */
suspend fun RedVest.reportLitter(picture: File, words: String? = null): Done {
    val photo: Hash = ask { importPhoto(picture.path) }.hash
    return ask { report(report("M06010", pin = HERE.position, fix = HERE, photos = listOf(photo)), By(null, words)) }
}
