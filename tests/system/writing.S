# Says "ready", then for ever writes one sector into each 64 KiB of the first 64 MiB of the second disk, a few a second, and says "w" for
# each that was written, "e" for each that was not: for disks that fail or run full. Deaf.
.include "serial.S"

main:
    set_up
    movw $greeting, %si
    call print_text
from_the_start:
    movl $0, sector
next:
    movw $1, sectors             # the BIOS has put there how many it wrote
    movb $0x43, %ah              # write by block address
    movb $0, %al
    movb $0x81, %dl              # the second disk
    movw $packet, %si
    int $0x13
    movb $'w', %al
    jnc told
    movb $'e', %al
told:
    call print_char
    hlt                          # at most 18 a second
    addl $128, sector            # 64 KiB, a cluster of qcow2
    cmpl $131072, sector
    jb next
    jmp from_the_start
greeting: .asciz "\nready\n"
packet:
    .byte 16, 0                  # size
sectors:
    .word 1
    .word 0x7c00, 0              # from here
sector:
    .long 0, 0

.org 510
.word 0xaa55
